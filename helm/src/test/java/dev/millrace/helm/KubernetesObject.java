package dev.millrace.helm;

import com.google.gson.Gson;

/** One rendered object. */
record KubernetesObject(Tree tree) {

    String kind() {
        return tree.at("kind").text();
    }

    String name() {
        return tree.at("metadata/name").text();
    }

    Tree at(String keys) {
        return tree.at(keys);
    }

    String json() {
        return new Gson().toJson(tree.value());
    }

    @Override
    public String toString() {
        return kind() + "/" + name();
    }
}

package dev.millrace.helm;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** What is written in code blocks of the documentation. */
final class Markdown {

    private Markdown() {}

    /** The contents of the code blocks of a section, in order. */
    static List<String> blocks(String file, String section) throws IOException {
        List<String> blocks = new ArrayList<>();
        StringBuilder block = null;
        boolean inside = false;
        for (String line : Files.readAllLines(Repository.file(file))) {
            if (block == null && line.startsWith("#")) {
                inside = line.replaceFirst("^#+ ", "").equals(section);
            } else if (inside && line.startsWith("```")) {
                if (block == null) {
                    block = new StringBuilder();
                } else {
                    blocks.add(block.toString());
                    block = null;
                }
            } else if (block != null) {
                block.append(line).append('\n');
            }
        }
        return blocks;
    }
}

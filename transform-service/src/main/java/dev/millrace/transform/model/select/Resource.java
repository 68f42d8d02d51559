package dev.millrace.transform.model.select;

import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.OtherResource;
import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.manifest.SourceTable;
import dev.millrace.transform.model.manifest.UnitTest;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** Whatever can be selected, with what all kinds of it have. */
sealed interface Resource {

    String id();

    ResourceType type();

    String packageName();

    String name();

    List<String> fqn();

    String file();

    List<String> tags();

    record OfNode(Node node) implements Resource {

        @Override
        public String id() {
            return node.id();
        }

        @Override
        public ResourceType type() {
            return node.type();
        }

        @Override
        public String packageName() {
            return node.packageName();
        }

        @Override
        public String name() {
            return node.name();
        }

        @Override
        public List<String> fqn() {
            return node.fqn();
        }

        @Override
        public String file() {
            return node.file();
        }

        @Override
        public List<String> tags() {
            return node.settings().tags();
        }

        boolean isVersioned() {
            return node.type() == ResourceType.MODEL && node.version() != null;
        }

        @Nullable String group() {
            String group = node.settings().text("group");
            return group == null ? node.properties().group() : group;
        }

        /** The properties file, relative to its package; null if there is none. */
        @Nullable String propertiesFile() {
            String file = node.properties().file();
            return file == null
                    ? null
                    : file.substring(file.indexOf("://") < 0 ? 0 : file.indexOf("://") + 3);
        }
    }

    record OfSource(SourceTable source) implements Resource {

        @Override
        public String id() {
            return source.id();
        }

        @Override
        public ResourceType type() {
            return ResourceType.SOURCE;
        }

        @Override
        public String packageName() {
            return source.packageName();
        }

        @Override
        public String name() {
            return source.name();
        }

        @Override
        public List<String> fqn() {
            return source.fqn();
        }

        @Override
        public String file() {
            return source.file();
        }

        @Override
        public List<String> tags() {
            return source.tags();
        }
    }

    record OfOther(OtherResource other) implements Resource {

        @Override
        public String id() {
            return other.id();
        }

        @Override
        public ResourceType type() {
            return other.type();
        }

        @Override
        public String packageName() {
            return other.packageName();
        }

        @Override
        public String name() {
            return other.name();
        }

        @Override
        public List<String> fqn() {
            return other.fqn();
        }

        @Override
        public String file() {
            return other.file();
        }

        @Override
        public List<String> tags() {
            return other.tags();
        }
    }

    record OfUnitTest(UnitTest unitTest) implements Resource {

        @Override
        public String id() {
            return unitTest.id();
        }

        @Override
        public ResourceType type() {
            return ResourceType.UNIT_TEST;
        }

        @Override
        public String packageName() {
            return unitTest.packageName();
        }

        @Override
        public String name() {
            return unitTest.name();
        }

        @Override
        public List<String> fqn() {
            return unitTest.fqn();
        }

        @Override
        public String file() {
            return unitTest.file();
        }

        @Override
        public List<String> tags() {
            return unitTest.tags();
        }
    }
}

package dev.millrace.transform.run.node;

import java.util.List;

/** How the batches of a model ended. Those that failed can be built by themselves later. */
public record BatchResults(List<Batch> successful, List<Batch> failed) {

    public BatchResults {
        successful = List.copyOf(successful);
        failed = List.copyOf(failed);
    }
}

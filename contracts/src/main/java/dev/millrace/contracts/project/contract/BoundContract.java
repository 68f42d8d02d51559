package dev.millrace.contracts.project.contract;

/**
 * What a stream's records are held to.
 *
 * @param contract the contract that the stream names
 * @param object what of it describes the stream
 */
public record BoundContract(Contract contract, SchemaObject object) {}

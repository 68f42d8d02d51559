package dev.millrace.transform.landing;

import dev.millrace.contracts.project.source.SchemaContract.Mode;
import dev.millrace.transform.landing.row.Row;

import java.util.List;

/** Holds the records of a batch to the schema contracts of their sources. */
final class ContractRefusals {

    private ContractRefusals() {}

    /** Takes out the records that the schema contracts of their sources forbid. */
    static void refuse(LandingBatch batch, List<TablePlan> plans) {
        for (TablePlan plan : plans) {
            if (!plan.refuses()) {
                continue;
            }
            Placement.Refused refusal = plan.refusal();
            for (Row row : plan.batch().rows()) {
                if (refusal != null) {
                    refuse(batch, plan, row, refusal);
                    continue;
                }
                for (int i = 0; i < row.size(); i++) {
                    if (plan.placement(row.slot(i), row.value(i))
                            instanceof Placement.Refused refused) {
                        refuse(batch, plan, row, refused);
                    }
                }
            }
        }
        batch.rejectAwaiting();
    }

    private static void refuse(
            LandingBatch batch, TablePlan plan, Row row, Placement.Refused refused) {
        boolean wholeTable = refused.column().isEmpty();
        if (refused.wanted() != null) {
            batch.await(row.record(), refused);
        } else if (refused.mode() == Mode.FREEZE) {
            batch.reject(
                    new Rejection(
                            row.record(),
                            plan.relation().schema(),
                            plan.relation().name(),
                            refused.reason(),
                            refused.detail(),
                            refused.column()));
        } else if (refused.mode() == Mode.DISCARD_ROW || wholeTable) {
            batch.discard(row.record());
        } else {
            batch.discardValue();
        }
    }
}

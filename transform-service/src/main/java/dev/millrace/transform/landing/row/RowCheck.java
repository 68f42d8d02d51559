package dev.millrace.transform.landing.row;

import dev.millrace.transform.schema.ColumnType;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/** What the rows of a batch are held to before they land. It sees the rows of one batch only. */
public interface RowCheck {

    /** No object of a record is of interest. */
    int NO_OBJECT = -1;

    /** The columns that a new table has from the start, whatever its first rows bring. */
    Map<String, ColumnType> columns();

    /** Where a column of those stands in the records, for people to read. */
    String origin(String column);

    /** The type of a column from the start; null if the data decides. */
    @Nullable ColumnType type(String column);

    /** Whether an object that stands where this column's values do goes into it as a whole. */
    boolean keepsWhole(String column);

    /**
     * The number of the object that stands where this column's values do, or {@link #NO_OBJECT}.
     */
    int object(String column);

    /** What indexes of the table see to. */
    List<UniqueRule> unique();

    /** The same as far as types go, for a second table that the rows also go to. */
    RowCheck ofTypes();

    /** The batch has another column. */
    void added(int slot, String column);

    /** A row begins. */
    void begin();

    /** The row at work has an object, with so many members. */
    void members(int object, int count);

    /** The row at work has a value for a column, which was not sent as it did not change. */
    void unsent(int slot);

    /**
     * Looks at the row at work, and replaces values by what they are as their column's type.
     *
     * @param slots the columns of the values
     * @param size how many of both count
     * @throws ContractViolationException if the row must not land
     */
    void check(int[] slots, Object[] values, int size) throws ContractViolationException;

    /** What it means that PostgreSQL found a row that breaks a constraint; null if nothing here. */
    @Nullable ContractViolationException broken(String constraint);
}

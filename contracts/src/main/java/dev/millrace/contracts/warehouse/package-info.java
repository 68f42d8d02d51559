/** What more than one service knows of the warehouse: its roles and the columns of every row. */
@NullMarked
package dev.millrace.contracts.warehouse;

import org.jspecify.annotations.NullMarked;

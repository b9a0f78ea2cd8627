/** What people see: progress lines, tables, one-line errors, and what a number was measured on. */
@NullMarked
package io.zandloper.loadtest.report;

import org.jspecify.annotations.NullMarked;

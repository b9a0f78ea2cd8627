/** What people see: progress lines and tables. */
@NullMarked
package io.zandloper.loadtest.report;

import org.jspecify.annotations.NullMarked;

/**
 * The segment bits once more, segment by segment instead of profile by profile: what counts and lists of members read.
 *
 * <pre>
 *                 chunk 0      chunk 1      chunk 2        65,536 ordinals each
 *   segment 0   [ reference ][ reference ][     0     ]
 *   segment 1   [     0     ][ reference ][ reference ] ──▶ a block in a mapped file: members or bits
 *   present     [ reference ][ reference ][ reference ]
 * </pre>
 *
 * The writer alone changes {@link io.zandloper.storage.column.Columns}. Readers get
 * {@link io.zandloper.storage.column.FrozenColumns}, which are as everything was at one sequence and one time: their
 * blocks are not written again, changes meanwhile go to copies.
 */
@NullMarked
package io.zandloper.storage.column;

import org.jspecify.annotations.NullMarked;

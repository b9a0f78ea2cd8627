/**
 * What is spoken with whatever is under load: our own protocol, and those of the peers it is compared with. Requests are
 * written and answers read in place; nothing is allocated for each.
 *
 * <pre>
 *   Questions, Identities ──▶ Dialect ──▶ bytes to send
 *                    Answer ◀── Dialect ◀── bytes that came
 * </pre>
 */
@NullMarked
package io.zandloper.loadtest.dialect;

import org.jspecify.annotations.NullMarked;

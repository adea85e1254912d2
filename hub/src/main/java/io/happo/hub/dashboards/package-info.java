/**
 * What people look at together: a {@link Dashboard} is some graphs, each a question to {@code GET
 * /v1/metrics/query} and how its answer is drawn. {@link DashboardReader} tells all that is wrong
 * with one at once, each with its place; {@link DashboardBook} knows those that are kept and those
 * that come with the hub.
 */
@NullMarked
package io.happo.hub.dashboards;

import org.jspecify.annotations.NullMarked;

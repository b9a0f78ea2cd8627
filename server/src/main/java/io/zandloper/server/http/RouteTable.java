package io.zandloper.server.http;

import io.netty.handler.codec.http.HttpMethod;
import io.zandloper.server.metrics.Operation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All calls. Immutable. */
final class RouteTable {
    private static final EnumSet<MediaType> NO_BODY = EnumSet.noneOf(MediaType.class);
    private static final EnumSet<MediaType> JSON = EnumSet.of(MediaType.JSON);
    private static final EnumSet<MediaType> PATCH = EnumSet.of(MediaType.JSON, MediaType.MERGE_PATCH);

    private final List<Route> routes;

    private RouteTable(List<Route> routes) {
        this.routes = List.copyOf(routes);
    }

    /** One line a call; every one of them is described in {@code openapi.json}, which a test checks. */
    static RouteTable of(
            ProfileResource profiles,
            LinkResource links,
            BulkResource bulk,
            EventResource events,
            DecisionResource decisions,
            CatalogResource catalog,
            AudienceResource audiences,
            SegmentMembersResource segmentMembers,
            SimulationResource simulations,
            ReportResource reports,
            OpenApiResource openApi) {
        return new RouteTable(List.of(
                Route.read("/v1/profiles/{identity}", Operation.HTTP_PROFILE_GET, profiles::get),
                write(HttpMethod.PUT, "/v1/profiles/{identity}", Operation.HTTP_PROFILE_PUT, JSON, profiles::put),
                write(
                        HttpMethod.PATCH,
                        "/v1/profiles/{identity}",
                        Operation.HTTP_PROFILE_PATCH,
                        PATCH,
                        profiles::patch),
                write(
                        HttpMethod.DELETE,
                        "/v1/profiles/{identity}",
                        Operation.HTTP_PROFILE_DELETE,
                        NO_BODY,
                        profiles::delete),
                Route.read("/v1/profiles/{identity}/export", Operation.HTTP_EXPORT, profiles::export),
                Route.read("/v1/profiles/{identity}/segments", Operation.HTTP_SEGMENT_LIST, profiles::segments),
                write(HttpMethod.POST, "/v1/identities/link", Operation.HTTP_LINK, JSON, links::link),
                Route.stream("/v1/bulk", Operation.HTTP_BULK, bulk::open),
                Route.events("/v1/events", Operation.HTTP_EVENTS, events::record, events::open),
                ask(HttpMethod.POST, "/v1/decisions", Operation.HTTP_DECIDE, JSON, decisions::decide),
                Route.read("/v1/audiences", Operation.HTTP_AUDIENCE_COUNT, audiences::count),
                Route.read("/v1/audiences/members", Operation.HTTP_AUDIENCE_MEMBERS, audiences::members),
                Route.lines("/v1/segments/{id}/members", Operation.HTTP_SEGMENT_MEMBERS, segmentMembers::open),
                Route.read("/v1/reports/offers", Operation.HTTP_REPORT_OFFERS, reports::offers),
                Route.read("/v1/catalog", Operation.HTTP_CATALOG_GET, catalog::get),
                write(HttpMethod.PUT, "/v1/catalog", Operation.HTTP_CATALOG_PUT, JSON, catalog::put),
                ask(HttpMethod.POST, "/v1/catalog/validate", Operation.HTTP_CATALOG_VALIDATE, JSON, catalog::validate),
                ask(HttpMethod.POST, "/v1/simulations", Operation.HTTP_SIMULATE, JSON, simulations::simulate),
                Route.read("/openapi.json", Operation.HTTP_OTHER, openApi::get)));
    }

    /**
     * A call that was found.
     *
     * @param parameters of the path, decoded
     */
    record Match(Route route, List<String> parameters) {}

    /** The call for a path; where there is one for other methods only, its route is null and {@code allow} names them. */
    Lookup find(HttpMethod method, List<String> rawSegments) {
        final Set<String> allow = new LinkedHashSet<>();
        final HttpMethod sought = method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method;
        for (Route route : routes) {
            final List<String> parameters = route.match(rawSegments);
            if (parameters != null) {
                if (route.method().equals(sought)) {
                    return new Lookup(new Match(route, parameters), "");
                }
                allow.add(route.method().name());
            }
        }
        if (allow.contains("GET")) {
            allow.add("HEAD");
        }
        if (!allow.isEmpty()) {
            allow.add("OPTIONS");
        }
        return new Lookup(null, String.join(", ", allow));
    }

    /** @param allow the methods that the path has, where it has none of this; empty for an unknown path */
    record Lookup(@Nullable Match match, String allow) {}

    List<Route> routes() {
        return new ArrayList<>(routes);
    }

    private static Route write(
            HttpMethod method, String template, Operation operation, EnumSet<MediaType> takes, Route.Call call) {
        return Route.write(method, template, operation, takes, call);
    }

    private static Route ask(
            HttpMethod method, String template, Operation operation, EnumSet<MediaType> takes, Route.Call call) {
        return Route.ask(method, template, operation, takes, call);
    }
}

import AtlasQuery
import Foundation

/// Every route, in the order of the interface's description.
public enum RouteTable {
    /// The version in the address: `/api/v1/`.
    public static let version = "v1"

    /// All routes.
    public static let routes: [Route] =
        Route.atlas + Route.prompts + Route.graphs + Route.features + Route.weights + Route.names + Route.logits
        + Route.circuits + Route.groups + Route.jobs + Route.causality + Route.steering + Route.heads
        + Route.sql

    /// The methods that there are for a path below the version, with its query; none where nothing is there.
    public static func methods(at target: some StringProtocol) -> [Route.Method] {
        let path = target.prefix { $0 != "?" }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map {
            $0.removingPercentEncoding ?? ""
        }
        return routes.filter { $0.match(parts) != nil }.map(\.method)
    }

    /// The route of a path below the version, with the values in the path.
    static func find(
        _ method: Route.Method, path: some StringProtocol
    ) throws(Problem) -> (route: Route, path: [String: String]) {
        var parts: [String] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            guard let text = part.removingPercentEncoding else {
                throw Problem(400, "Wrong address", "expected percent-encoded UTF-8 in the path")
            }
            parts.append(text)
        }
        var others: [Route] = []
        for route in routes {
            guard let values = route.match(parts) else { continue }
            if route.method == method { return (route, values) }
            others.append(route)
        }
        guard others.isEmpty else {
            let allowed = others.map(\.method.rawValue)
            throw Problem(
                405, "Not possible here", "expected \(allowed.joined(separator: ", ")), found \(method.rawValue)",
                allowed: allowed)
        }
        throw Problem(
            404, "No such address",
            "there is nothing at \(String(path.prefix(200)).debugDescription); "
                + "openapi.json lists what there is")
    }
}

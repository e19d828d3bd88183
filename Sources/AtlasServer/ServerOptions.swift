import Foundation

/// Where a server listens, and what it allows.
public struct ServerOptions: Sendable {
    /// The name or address to listen at.
    public var host: String
    /// The port; 0: any that is free.
    public var port: Int
    /// What whoever writes, or asks from another machine, must show; `nil`: nothing.
    public var token: AccessToken?
    /// Other names under which the server is reached.
    public var otherNames: [String]
    /// Bytes of a request's body.
    public var bodyLimit = 1_000_000
    /// Questions that are answered at the same time, those apart that take long.
    public var workers = max(4, ProcessInfo.processInfo.activeProcessorCount)
    /// Questions that take long, such as comparisons of groups, that are answered at the same time.
    public var longWorkers = max(2, ProcessInfo.processInfo.activeProcessorCount / 2)
    /// Questions of each kind that wait for a worker.
    public var waiting = 512
    /// Seconds that one question may take, waiting left aside; `nil`: as long as it needs.
    public var questionSeconds: Double? = 60
    /// Seconds that a request, its body included, may take to arrive.
    public var requestSeconds = 20
    /// Connections at the same time; a new one takes the place of the one that has been idle longest.
    public var connections = 512
    /// Requests a second from one address of this machine, in the long run.
    public var localRate = 5_000.0
    /// Requests a second from any other address, in the long run.
    public var remoteRate = 50.0
    /// Seconds of workers' time a second that one address of this machine may take, in the long run.
    public var localWork = 1_000.0
    /// Seconds of workers' time a second that any other address may take, in the long run.
    public var remoteWork = 1.0
    /// How many seconds' worth of requests and work may come at once.
    public var burstSeconds = 4.0
    /// Seconds after which a connection without requests is closed.
    public var idleSeconds = 60

    /// Listens on this machine only.
    public init(host: String = "127.0.0.1", port: Int = 8080, token: AccessToken? = nil, otherNames: [String] = []) {
        self.host = host
        self.port = port
        self.token = token
        self.otherNames = otherNames
    }

    /// Whether only this machine can reach the server.
    public var isLoopback: Bool { HostGuard.isLoopback(host) }
}

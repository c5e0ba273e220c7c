package import Admin
package import Pipeline

/// Where requests come in: the admin side's go to it, all others to the proxy.
package struct FrontDoor: Sendable {
  private let gateway: Gateway
  private let site: AdminSite

  package init(_ gateway: Gateway, _ site: AdminSite) {
    self.gateway = gateway
    self.site = site
  }

  /// Serves one request to its end.
  package func serve(_ request: ClientRequest, to client: any ClientWriter) async {
    if AdminSite.owns(request.path) {
      await site.serve(request, to: client)
    } else {
      await gateway.serve(request, to: client)
    }
  }
}

package import Pipeline
package import Stages
import Transport

/// The whole way of a request, top to bottom. This is the only place where it is written down: the meters, the
/// dashboard's graph and the drawing in ARCHITECTURE.md all come from this composition.
package struct Flow: Sendable {
  package let step: any Step<ClientRequest, Void>
  package let graph: StageGraph
  /// The two steps that decide where a request goes, for who wants to know it beforehand.
  package let matchTag: MatchTag
  package let selectEndpoint: SelectEndpoint

  /// - Parameters:
  ///   - slots: how many requests are inside at once; outlive a reload, as `endpointSlots` do.
  ///   - rules: the tag rules that are switched on.
  ///   - health: outlives a reload, so that a benched endpoint stays benched.
  ///   - reasoning: outlives it too, as conversations do; so do `logins`.
  /// - Throws: a script of a tag rule that does not compile.
  package init(
    clientToken: Secret?, slots: Slots = Slots(Slots.Limits()), rules: [TagRule], endpoints: [Endpoint],
    selection: SelectionOptions,
    failover: FailoverOptions, health: EndpointHealth, reasoning: ReasoningMemory,
    logins: OAuthLogins? = nil, endpointSlots: EndpointSlots = EndpointSlots(),
    transport: any UpstreamTransport
  ) throws {
    let matchTag = try MatchTag(rules: rules)
    let selectEndpoint = SelectEndpoint(endpoints: endpoints, options: selection, health: health)
    let step = compose {
      // Who asks, and for what: a stranger's request goes no further.
      AcceptRequest(clientToken: clientToken, slots: slots)
      // Tags decide who may answer, so they come before the selection.
      matchTag
      selectEndpoint
      // The only step that talks to anybody: everything it needs is decided by now.
      Failover(
        failover, health: health, reasoning: reasoning, logins: logins, slots: endpointSlots,
        shape: ShapeRequest(clientToken: clientToken, reasoning: reasoning)
      ) {
        CallUpstream(over: transport)
        // Before anything may refuse the bytes: the journal keeps what the endpoint really sent.
        TeeLog()
        // Endpoints answer a streamed request with plain JSON at times; from here on it is an event stream.
        SniffFormat()
        ParseSSE()
        // OpenAI-compatible endpoints alone: their own grammar, then Anthropic's events.
        Detour(
          when: { $0.expectation.translation != nil }, ValidateChunk(),
          then: TranslateOpenAI(memory: reasoning))
        // Last: what leaves the chain is valid, whoever sent it.
        ValidateProtocol(.anthropic)
      }
    }
    self.step = step
    graph = step.graph
    self.matchTag = matchTag
    self.selectEndpoint = selectEndpoint
  }
}

private func compose<S: Step<ClientRequest, Void>>(
  @FlowBuilder _ steps: () -> S
) -> S {
  steps()
}

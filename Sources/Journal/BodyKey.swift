import Pipeline

/// One body of one exchange.
struct BodyKey: Hashable, Sendable {
  var exchange: ExchangeID
  var part: BodyPart
}

/// How parts are written down in segments and index: a code and an attempt number, 0 where there is none.
extension BodyPart {
  var code: Int {
    switch self {
    case .requestReceived: 0
    case .requestSent: 1
    case .responseReceived: 2
    case .responseSent: 3
    case .responseTimes: 4
    }
  }

  var attempt: Int {
    switch self {
    case .requestReceived, .responseSent: 0
    case .requestSent(let attempt), .responseReceived(let attempt), .responseTimes(let attempt): attempt
    }
  }

  /// It says when the bytes of another came.
  var isTimes: Bool { code == 4 }

  init?(code: Int, attempt: Int) {
    switch code {
    case 0: self = .requestReceived
    case 1: self = .requestSent(attempt: attempt)
    case 2: self = .responseReceived(attempt: attempt)
    case 3: self = .responseSent
    case 4: self = .responseTimes(attempt: attempt)
    default: return nil
    }
  }
}

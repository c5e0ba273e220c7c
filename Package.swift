// swift-tools-version: 6.3
import PackageDescription

/// One set of rules for every target of ours: the strictest the toolchain has.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "claude-code-companion",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
  ],
  targets: [
    .target(
      name: "Pipeline",
      dependencies: [.product(name: "HTTPTypes", package: "swift-http-types")],
      swiftSettings: strict),
    .target(name: "Stages", dependencies: ["Pipeline"], swiftSettings: strict),
    .target(
      name: "Settings",
      dependencies: [
        "Pipeline", "Stages", .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    .target(name: "ProxyTesting", dependencies: ["Pipeline", "Stages"], swiftSettings: strict),
    .testTarget(name: "PipelineTests", dependencies: ["Pipeline", "ProxyTesting"], swiftSettings: strict),
    .testTarget(
      name: "SettingsTests", dependencies: ["Settings", "Pipeline", "Stages", "ProxyTesting"],
      swiftSettings: strict),
  ]
)

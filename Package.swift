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
  ],
  targets: [
    .target(
      name: "Pipeline",
      dependencies: [.product(name: "HTTPTypes", package: "swift-http-types")],
      swiftSettings: strict),
    .systemLibrary(
      name: "CLuaSystem", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"]), .brew(["lua@5.4"])]),
    .target(
      name: "CLua",
      dependencies: ["CLuaSystem"],
      cSettings: [.enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error)]),
    .target(
      name: "Stages",
      dependencies: ["Pipeline", "CLua", .product(name: "HTTPTypes", package: "swift-http-types")],
      swiftSettings: strict),
    .target(name: "ProxyTesting", dependencies: ["Pipeline", "Stages"], swiftSettings: strict),
    .testTarget(name: "PipelineTests", dependencies: ["Pipeline", "ProxyTesting"], swiftSettings: strict),
    .testTarget(
      name: "StagesTests",
      dependencies: [
        "Stages", "Pipeline", "ProxyTesting", "CLuaSystem",
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      swiftSettings: strict),
  ]
)

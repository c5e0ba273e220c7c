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

let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")

let package = Package(
  name: "claude-code-companion",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),

    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),

    .target(name: "Pipeline", dependencies: [httpTypes], swiftSettings: strict),
    .target(name: "Stages", dependencies: ["Pipeline", httpTypes], swiftSettings: strict),
    .target(name: "Journal", dependencies: ["Pipeline", "CZstd", grdb, httpTypes], swiftSettings: strict),
    .target(
      name: "Transport",
      dependencies: [
        "Pipeline", "CCurl", "CZlib", httpTypes, .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .target(name: "ProxyTesting", dependencies: ["Pipeline", "Stages", httpTypes], swiftSettings: strict),

    .testTarget(name: "PipelineTests", dependencies: ["Pipeline", "ProxyTesting"], swiftSettings: strict),
    .testTarget(
      name: "StagesTests", dependencies: ["Stages", "Pipeline", "ProxyTesting", httpTypes],
      swiftSettings: strict),
    .testTarget(
      name: "JournalTests", dependencies: ["Journal", "Pipeline", "ProxyTesting", grdb, httpTypes],
      swiftSettings: strict),
  ]
)

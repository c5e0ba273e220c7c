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

let strictC: [CSetting] = [.enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error)]

let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let collections: [Target.Dependency] = ["DequeModule", "HeapModule"].map {
  .product(name: $0, package: "swift-collections")
}
let crypto: [Target.Dependency] = ["Crypto", "CryptoExtras"].map {
  .product(name: $0, package: "swift-crypto")
}
let nio: [Target.Dependency] = ["NIOCore", "NIOEmbedded", "NIOHTTP1", "NIOTLS"].map {
  .product(name: $0, package: "swift-nio")
}
let tls: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")

let package = Package(
  name: "claude-code-companion",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "claude-code-companion", targets: ["Companion"])],
  dependencies: [
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
  ],
  targets: [
    .target(
      name: "CEvents",
      cSettings: [.enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error)]),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
    .systemLibrary(
      name: "CLuaSystem", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"]), .brew(["lua@5.4"])]),
    .target(
      name: "CLua", dependencies: ["CLuaSystem"],
      cSettings: strictC),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),

    // The pages, embedded: the binary must work when it is copied alone.
    .target(name: "AdminWeb", exclude: ["README.md", "web"], cSettings: strictC),

    .target(name: "Pipeline", dependencies: [httpTypes], swiftSettings: strict),
    .target(name: "Stages", dependencies: ["Pipeline", "CLua", httpTypes], swiftSettings: strict),
    .target(
      name: "Transport",
      dependencies: ["Pipeline", "CCurl", "CEvents", "CZlib", httpTypes, tls] + collections + nio,
      swiftSettings: strict),
    .target(
      name: "Journal", dependencies: ["Pipeline", "CZstd", grdb, sqlite, httpTypes], swiftSettings: strict),
    .target(
      name: "Settings",
      dependencies: ["Pipeline", "Stages", httpTypes, .product(name: "Yams", package: "Yams")],
      // Within the binary: it must work when it is copied alone.
      resources: [.embedInCode("Resources/providers.yaml"), .embedInCode("Resources/prices.yaml")],
      swiftSettings: strict),
    .target(
      name: "Admin",
      dependencies: [
        "AdminWeb", "CZlib", "Journal", "Pipeline", "Settings", "Stages", httpTypes, logging,
      ] + collections + crypto,
      exclude: ["README.md"],
      swiftSettings: strict),
    .target(
      name: "Gateway",
      dependencies: ["Admin", "Pipeline", "Stages", "Transport", "Journal", "Settings", httpTypes, logging],
      swiftSettings: strict),
    .executableTarget(
      name: "Companion",
      dependencies: [
        "Admin", "Gateway", "Settings",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .target(name: "CBench", cSettings: strictC),
    .target(name: "CAllocations", cSettings: strictC),
    .target(
      name: "BenchKit",
      dependencies: [
        "CBench", "Journal", "Pipeline", "Stages", "Transport", httpTypes,
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "Bench",
      dependencies: [
        "BenchKit", "CAllocations", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .target(
      name: "ProxyTesting", dependencies: ["Pipeline", "Stages", "CZlib", httpTypes], swiftSettings: strict),

    .testTarget(name: "PipelineTests", dependencies: ["Pipeline", "ProxyTesting"], swiftSettings: strict),
    .testTarget(
      name: "StagesTests", dependencies: ["Stages", "Pipeline", "ProxyTesting", "CLuaSystem", httpTypes],
      // Read by the tests where they lie.
      exclude: ["TokenEstimate/Samples"],
      swiftSettings: strict),
    .testTarget(
      name: "TransportTests",
      dependencies: ["Transport", "Pipeline", "ProxyTesting", httpTypes, tls] + nio,
      swiftSettings: strict),
    .testTarget(
      name: "JournalTests", dependencies: ["Journal", "Pipeline", "ProxyTesting", grdb, httpTypes],
      swiftSettings: strict),
    .testTarget(
      name: "SettingsTests", dependencies: ["Settings", "Pipeline", "Stages", "ProxyTesting"],
      swiftSettings: strict),
    .testTarget(
      name: "AdminTests",
      dependencies: [
        "Admin", "AdminWeb", "Journal", "Pipeline", "ProxyTesting", "Settings", "Stages", httpTypes, logging,
      ], swiftSettings: strict),
    .testTarget(
      name: "BenchTests",
      dependencies: ["BenchKit", "Gateway", "Stages", "Pipeline", "ProxyTesting"], swiftSettings: strict),
    .testTarget(
      name: "FlowTests",
      dependencies: [
        "Admin", "Gateway", "Transport", "Journal", "Settings", "Stages", "Pipeline", "ProxyTesting",
        httpTypes, logging,
      ],
      swiftSettings: strict),
  ]
)

using Deployment.Providers.Aws.Lambda.Calls;

namespace Deployment.Providers.Aws.Tests.Lambda.Support;

/// <summary>A version of the stub.</summary>
internal sealed record StubVersion(int Number, FunctionConfiguration Configuration, DateTimeOffset ActiveAt, string? Fails);

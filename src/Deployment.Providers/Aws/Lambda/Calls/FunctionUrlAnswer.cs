namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>A function's own address.</summary>
internal sealed record FunctionUrlAnswer(string? FunctionUrl);

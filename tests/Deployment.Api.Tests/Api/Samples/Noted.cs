namespace Deployment.Api.Tests.Api.Samples;

public sealed record Noted(string Name, int? Count = null);

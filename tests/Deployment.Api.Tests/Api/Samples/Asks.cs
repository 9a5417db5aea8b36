namespace Deployment.Api.Tests.Api.Samples;

public delegate string? Asks<in T>(T about, bool politely = true);

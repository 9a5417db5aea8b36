namespace Deployment.Api.Tests.Api.Samples;

public static class NotedExtensions
{
    public static Noted Again(this Noted noted, int times) => noted with { Count = times };
}

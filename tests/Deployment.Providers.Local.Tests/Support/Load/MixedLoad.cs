namespace Deployment.Providers.Local.Tests.Support.Load;

/// <summary>Quick and slow requests with and without bodies, in turns, to the test application.</summary>
internal static class MixedLoad
{
    public static LoadRequest Next(int client, int number)
    {
        string body = $"{client}-{number}-{new string('x', 3000)}";
        return (number % 4) switch
        {
            0 => new LoadRequest("GET", "/", null, ""),
            1 => new LoadRequest("POST", "/echo", body, ":" + body),
            2 => new LoadRequest("GET", "/slow?ms=40", null, ":"),
            _ => new LoadRequest("POST", "/slow?ms=120", body, ":" + body),
        };
    }
}

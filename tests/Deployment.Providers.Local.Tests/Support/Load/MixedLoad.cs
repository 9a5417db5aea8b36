namespace Deployment.Providers.Local.Tests.Support.Load;

/// <summary>Quick and slow requests with and without bodies, in turns, to the test application.</summary>
internal static class MixedLoad
{
    private static readonly int[] Pauses = [0, 30, 0, 60, 0];

    /// <summary>For HTTP.</summary>
    public static LoadRequest Next(int client, int number)
    {
        string body = Body(client, number);
        return (number % 6) switch
        {
            0 => new LoadRequest("GET", "/", null, ""),
            1 => new LoadRequest("POST", "/slow?ms=120", body, ":" + body),
            2 => new LoadRequest("GET", "/slow?ms=80", null, ":"),
            3 => new LoadRequest("POST", "/echo", body, ":" + body),
            4 => new LoadRequest("GET", "/slow?ms=120", null, ":"),
            _ => new LoadRequest("POST", "/slow?ms=80", body, ":" + body),
        };
    }

    /// <summary>For gRPC: quick and slow calls.</summary>
    public static LoadRequest NextCall(int client, int number)
    {
        string body = Body(client, number);
        return new LoadRequest("call", number % 3 == 0 ? "/test.Echo/Say" : "/test.Echo/Think", body, ":" + body);
    }

    /// <summary>For web sockets: messages with how many milliseconds the answer takes, and now and then one that is long.</summary>
    public static LoadRequest NextMessage(int client, int number)
    {
        string body = number % 10 == 4 ? Body(client, number) + new string('y', 60_000) : Body(client, number);
        return new LoadRequest("message", Pauses[number % Pauses.Length].ToString(System.Globalization.CultureInfo.InvariantCulture), body, ":" + body);
    }

    private static string Body(int client, int number) => $"{client}-{number}-{new string('x', 3000)}";
}

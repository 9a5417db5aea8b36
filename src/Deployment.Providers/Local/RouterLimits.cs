namespace Deployment.Providers.Local;

/// <summary>What a router lets clients do. All of it but <see cref="MaxConnections"/> can change while the router runs, from the next connection on.</summary>
public sealed class RouterLimits
{
    /// <summary>How many connections may be open at once, at least 1; those beyond are closed at once. Default null, no limit but that of the system.</summary>
    public int? MaxConnections { get; set; }

    /// <summary>The longest request body in bytes, at least 0; longer ones are answered 413. Default null, no limit.</summary>
    public long? MaxBodyBytes { get; set; }

    /// <summary>The longest request line, 256 bytes to 1 MiB; longer ones are answered 414. Default 8 KiB.</summary>
    public int MaxRequestLineBytes { get; set; } = 8 * 1024;

    /// <summary>The longest request head without its first line, 1 KiB to 1 MiB; longer ones are answered 431. Default 32 KiB.</summary>
    public int MaxHeaderBytes { get; set; } = 32 * 1024;

    /// <summary>The most header lines, 10 to 1000; more are answered 431. Default 100.</summary>
    public int MaxHeaderCount { get; set; } = 100;

    /// <summary>How long a client may take to send a request's head, 1 second to a day. Default 30 seconds.</summary>
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may be idle between requests, 1 second to a day. Default 2 minutes.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How many bytes a second a request body must bring on average, up to 1 MiB; a slower client is cut off. Requests of gRPC, whose streams
    /// may rest, and web sockets are exempt. Default 50; 0 for no such limit.
    /// </summary>
    public int MinBodyRate { get; set; } = 50;

    /// <summary>How long a body may take before <see cref="MinBodyRate"/> counts, 2 seconds to a day. Default 30 seconds.</summary>
    public TimeSpan BodyGrace { get; set; } = TimeSpan.FromSeconds(30);
}

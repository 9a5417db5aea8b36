using System.Text.Json.Serialization;

namespace Deployment.Providers.Local.Protocol;

/// <summary>How a router speaks to the instances of a revision. Null in a table stands for the defaults.</summary>
internal sealed record UpstreamSettings
{
    private const double Day = 86_400;

    public static UpstreamSettings Default { get; } = new();

    [JsonConverter(typeof(JsonStringEnumConverter<UpstreamProtocol>))]
    public UpstreamProtocol Protocol { get; set; } = UpstreamProtocol.Automatic;

    /// <summary>Until the connection is accepted.</summary>
    public double ConnectSeconds { get; set; } = 5;

    /// <summary>From the end of the request to the head of its answer; 0 for no limit.</summary>
    public double ResponseSeconds { get; set; } = 60;

    /// <summary>How long web sockets of a revision without a share may go on.</summary>
    public double WebSocketGraceSeconds { get; set; } = 10;

    /// <summary>What a request is sent in that asks for nothing special.</summary>
    [JsonIgnore]
    public Version Version => Protocol == UpstreamProtocol.Http2 ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11;

    /// <summary>Null instead of the defaults, so that what says nothing new is left out.</summary>
    public UpstreamSettings? OrNull() => this == Default ? null : this;

    /// <summary>One sentence for each value that can't be used.</summary>
    public IEnumerable<string> Problems()
    {
        if (!Enum.IsDefined(Protocol))
        {
            yield return $"UpstreamProtocol is {(int)Protocol}: take one of {string.Join(", ", Enum.GetNames<UpstreamProtocol>())}.";
        }

        if (ConnectSeconds is not (> 0 and <= Day))
        {
            yield return $"ConnectTimeout is {ConnectSeconds} s: it must be above zero and at most a day.";
        }

        if (ResponseSeconds is not (>= 0 and <= Day))
        {
            yield return $"ResponseTimeout is {ResponseSeconds} s: it must be above zero and at most a day, or infinite for no limit.";
        }

        if (WebSocketGraceSeconds is not (>= 0 and <= Day))
        {
            yield return $"WebSocketGrace is {WebSocketGraceSeconds} s: it must be at least zero and at most a day.";
        }
    }
}

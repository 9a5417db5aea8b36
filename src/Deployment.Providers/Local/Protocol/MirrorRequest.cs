using System.Text.Json.Serialization;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Local.Protocol;

/// <summary>Which revision gets copies of which requests, whatever the rules say about mirroring.</summary>
internal sealed record MirrorRequest
{
    public required string Revision { get; init; }

    /// <summary>The share of the requests that may be copied, 1 to 100.</summary>
    public required int Percent { get; init; }

    /// <summary>Whether requests whose method is not safe are copied, too.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AllMethods { get; set; }

    public static MirrorRequest Of(TrafficMirror mirror) => new() { Revision = mirror.Revision.ToString(), Percent = mirror.Percent, AllMethods = mirror.AllMethods };

    public TrafficMirror Mirror() => new(RevisionId.Parse(Revision), Percent, AllMethods);

    public IEnumerable<string> Problems()
    {
        if (!RevisionId.TryParse(Revision ?? "", out _))
        {
            yield return $"'{Naming.Printable(Revision ?? "")}' is not the id of a revision.";
        }

        if (Percent is < 1 or > 100)
        {
            yield return $"{Percent}% of the requests can't be copied: take 1 to 100.";
        }
    }
}

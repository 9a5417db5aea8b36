using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Deployment.Releases;

namespace Deployment.Providers.Local.Protocol;

/// <summary>Puts a revision into slots of a target, or empties them.</summary>
internal sealed record SlotsRequest
{
    /// <summary>The highest number of a slot: as many besides as there can be instances.</summary>
    public const int Most = 2 * InstallRequest.MostInstances;

    /// <summary>The slots, 1 to 128 each.</summary>
    public required ImmutableArray<int> Slots { get; init; }

    /// <summary>What is to answer there; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Revision { get; set; }

    /// <summary>How it is run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public InstallRequest? Run { get; set; }

    /// <summary>Where the target's traffic comes from and how what leaves is drained; without a split, which follows from the slots.</summary>
    public required RouteRequest Route { get; init; }

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<string> Problems()
    {
        if (Slots.IsDefaultOrEmpty || Slots.Any(slot => slot is < 1 or > Most) || Slots.Distinct().Count() < Slots.Length)
        {
            yield return $"The slots must be numbers from 1 to {Most}, at least one, and each once.";
        }

        if (Revision is null != Run is null || (Revision is not null && !RevisionId.TryParse(Revision, out _)))
        {
            yield return "Name a revision by its id and say how it is run, or neither of both to empty the slots.";
        }

        if (Run?.Worker is not null)
        {
            yield return "Workers have no slots: they are switched as a whole.";
        }

        if (Route is null || Route.Split is not { IsEmpty: true })
        {
            yield return "The route must be there and its split empty: who has which share follows from the slots.";
        }

        foreach (string problem in (Run?.Problems() ?? []).Concat(Route?.Problems() ?? []))
        {
            yield return problem;
        }
    }
}

using System.Collections.Immutable;
using System.Globalization;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Versions;

/// <summary>What a look at a function saw: what can be changed, its versions, and the alias.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Latest">What can be changed.</param>
/// <param name="Alias">The alias; null where there is none.</param>
/// <param name="Versions">The published versions, by number.</param>
internal sealed record FunctionView(string Target, FunctionConfiguration Latest, AliasConfiguration? Alias, ImmutableArray<NumberedVersion> Versions)
{
    private const string Foreign = "0.0.0-version.";

    public AliasMark Mark { get; } = AliasMark.Parse(Alias?.Description);

    public AliasShares Shares { get; } = AliasShares.Of(Alias);

    /// <summary>The versions that this target made.</summary>
    public IEnumerable<NumberedVersion> Own => Versions.Where(version => version.Name?.Target == Target);

    /// <summary>Those that weren't removed.</summary>
    public IEnumerable<NumberedVersion> Standing => Own.Where(version => Shares.Shares.ContainsKey(version.Number) || !Mark.Ended.Contains(version.Number));

    /// <summary>The version that takes most of the traffic; null where none does.</summary>
    public int? Live => Shares.Shares.IsEmpty ? null : Shares.Shares.MaxBy(share => share.Value).Key;

    /// <summary>Who has the traffic.</summary>
    public TrafficSplit Traffic => new(Shares.Shares.Select(share => KeyValuePair.Create(RevisionOf(share.Key), share.Value)));

    /// <summary>The highest epoch of a run that acted here; zero where none did.</summary>
    public long Epoch => Own.Select(version => version.Name!.Epoch).Append(Mark.Epoch).Append(Prepared?.Epoch ?? 0).Max();

    /// <summary>What this target is making of the function, or made last; null where that was somebody else.</summary>
    public VersionName? Prepared => VersionName.TryParse(Latest.Description, out VersionName? name) && name.Target == Target ? name : null;

    /// <summary>
    /// The revision that a version is. One that this target didn't make goes by a name made of its number, such as <c>live_0.0.0-version.7_1</c>: so a deployment
    /// to an alias that was made by hand knows what it goes back to.
    /// </summary>
    public RevisionId RevisionOf(int number) => Own.FirstOrDefault(version => version.Number == number)?.Name!.Revision
        ?? new RevisionId(Target, string.Create(CultureInfo.InvariantCulture, $"{Foreign}{number}"), 1);

    /// <summary>The version that a revision is; null where it isn't there. Where several bear its name, the one that users have, or the last.</summary>
    public NumberedVersion? Find(RevisionId revision) =>
        Own.Where(version => version.Name!.Revision == revision).OrderByDescending(version => Shares.Shares.GetValueOrDefault(version.Number)).ThenByDescending(version => version.Number).FirstOrDefault()
        ?? (IsForeign(revision) && AliasShares.TryNumber(revision.Version[Foreign.Length..], out int number)
            ? Versions.FirstOrDefault(version => version.Number == number && version.Name?.Target != Target)
            : null);

    /// <summary>Refuses to act for a run that another one has overtaken, and for another application's revision than the target's.</summary>
    /// <exception cref="DeploymentException">A newer run was here, or the versions are another application's.</exception>
    public void FenceFor(RevisionId revision, long epoch) => Fence(IsForeign(revision) ? null : revision.Application, epoch);

    /// <summary>Refuses to act for a run that another one has overtaken, and for another application than the target's.</summary>
    /// <exception cref="DeploymentException">A newer run was here, or the versions are another application's.</exception>
    public void Fence(string? application, long epoch)
    {
        if (Epoch > epoch)
        {
            throw new DeploymentException(string.Create(CultureInfo.InvariantCulture, $"{Target} was changed by a run with epoch {Epoch}, and this one has {epoch}: another process has taken over. Nothing was changed."));
        }

        if (application is not null && Own.FirstOrDefault(version => version.Name!.Revision.Application != application) is { } other)
        {
            throw new DeploymentException($"{Target} has versions of {other.Name!.Revision.Application}, such as {other.Name.Revision}, and is to bring {application}. Give one of the targets another name. Nothing was changed.");
        }
    }
    // It goes by the target's name, which an application may have as well.
    private bool IsForeign(RevisionId revision) => revision.Application == Target && revision.Version.StartsWith(Foreign, StringComparison.Ordinal);
}

using System.Security.Cryptography;
using System.Text;
using Deployment.Flags;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Strategies.FeatureFlags;

/// <summary>One flag of a store, as runs claim and observe it.</summary>
internal sealed class FlagResource : DeploymentTarget
{
    private const int LongestPart = 24;
    private readonly IFeatureFlagStore _store;
    private readonly FlagVerb _set;

    private FlagResource(string name, IFeatureFlagStore store, string flag)
        : base(name)
    {
        _store = store;
        Flag = flag;
        _set = new FlagVerb(store);
        Verbs = [_set];
    }

    internal string Flag { get; }

    public override IReadOnlyList<Verb> Verbs { get; }

    public override IReadOnlyList<Prerequisite> Prerequisites => _store.Prerequisites;

    /// <summary>Null where the options are wrong; the strategy then says how.</summary>
    internal static FlagResource? Of(FeatureFlagOptions options) => options.Store is { } store && !FlagRules.OfFlag(options).Any()
        ? new FlagResource($"{store.Name}.{NameOf(options.Flag)}", store, options.Flag)
        : null;

    /// <summary>A flag that isn't there has no such property: a strategy decides what that means.</summary>
    public override async Task<Observation> ObserveAsync(CancellationToken cancellationToken) => new()
    {
        Target = Name,
        Properties = await _store.ReadAsync(Flag, cancellationToken).ConfigureAwait(false) is { } definition
            ? new Dictionary<string, string> { [Fact.OfFlag(Flag)] = definition }
            : [],
    };

    public override string? Refuses(Artifact artifact) => null;

    internal Operation Set(string definition, string? expected) => _set.Of(Name, new FlagArguments(Flag, definition, expected));

    /// <summary>Flags may be called what targets may not: then a hash tells two of them apart.</summary>
    private static string NameOf(string flag)
    {
        bool isPlain = flag.Length <= LongestPart && flag.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && char.IsAsciiLetterOrDigit(flag[0]) && char.IsAsciiLetterOrDigit(flag[^1]);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(flag)))[..8];
        string plain = new([.. flag.Where(char.IsAsciiLetterOrDigit).Take(LongestPart)]);
        return isPlain ? flag : plain.Length > 0 ? $"{plain}-{hash}" : hash;
    }
}

using System.Text.RegularExpressions;
using Deployment.Releases;

namespace Deployment.Providers.Docker.Containers;

/// <summary>What Docker takes as the name of a container, a volume or a network, and the names that ours have.</summary>
internal static partial class DockerNames
{
    /// <summary>Whether Docker takes it as a name.</summary>
    public static bool IsName(string? name) => name is { Length: >= 2 and <= 128 } && Allowed().IsMatch(name);

    // No slot's name, so no other container has it.
    private const string EndingSuffix = ".ending";

    /// <summary>The name that a container has while it is being ended.</summary>
    public static string Ending(string name) => name + EndingSuffix;

    public static bool IsEnding(string name) => name.EndsWith(EndingSuffix, StringComparison.Ordinal);

    /// <summary>The name that it has before and afterwards.</summary>
    public static string Whole(string name) => IsEnding(name) ? name[..^EndingSuffix.Length] : name;

    /// <summary>The name of one container. Labels say what it is; the name keeps a second one from being made. A version's '+' can't be in it, and "__" is in no revision's id.</summary>
    public static string Of(string target, RevisionId revision, string slot) =>
        $"{target}.{revision.ToString().Replace("+", "__", StringComparison.Ordinal)}.{slot}";

    // Docker's own rule: [a-zA-Z0-9][a-zA-Z0-9_.-]+
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Allowed();
}

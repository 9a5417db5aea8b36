using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda.Code;

/// <summary>
/// The links of a package. Where one leads is walked as a system does, part by part, with each link on the way: <c>up/../x</c> is beside what <c>up</c> leads to,
/// not beside <c>up</c>.
/// </summary>
internal sealed class CodeLinks
{
    // As many as Linux follows (path_resolution(7)).
    private const int MostFollowed = 40;

    private readonly Dictionary<string, string> _targets = new(StringComparer.Ordinal);

    /// <param name="name">The link's name in the package.</param>
    /// <param name="target">Where it leads, with <c>/</c> between its parts.</param>
    public void Add(string name, string target) => _targets[name] = target;

    /// <summary>Whether a name lies behind a link, so that whoever unpacks it writes where that leads.</summary>
    public bool IsBehind(string name)
    {
        for (int slash = name.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = name.IndexOf('/', slash + 1))
        {
            if (_targets.ContainsKey(name[..slash]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Null when every link stays inside, else a sentence about the first that doesn't.</summary>
    public string? Problem() => _targets.OrderBy(link => link.Key, StringComparer.Ordinal).Where(link => LeadsOut(link.Key))
        .Select(link => $"the link '{Naming.Printable(link.Key)}' leads to '{Naming.Printable(link.Value)}', out of it, or round and round. Put what it means into it.").FirstOrDefault();

    private bool LeadsOut(string link)
    {
        List<string> at = [];
        var ahead = new Stack<string>(link.Split('/').Reverse());
        for (int followed = 0; ahead.TryPop(out string? part);)
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part == "..")
            {
                if (at.Count == 0)
                {
                    return true;
                }

                at.RemoveAt(at.Count - 1);
            }
            else if (!_targets.TryGetValue(string.Join('/', [.. at, part]), out string? target))
            {
                at.Add(part);
            }
            else if (++followed > MostFollowed || IsRooted(target))
            {
                return true;
            }
            else
            {
                foreach (string next in target.Split('/').Reverse())
                {
                    ahead.Push(next);
                }
            }
        }

        return false;
    }

    private static bool IsRooted(string target) => target.StartsWith('/') || Path.IsPathRooted(target);
}

using System.Collections.Frozen;
using System.Globalization;
using Deployment.Releases;

namespace Deployment.Waves;

/// <summary>Deals a pipeline's targets out to its waves.</summary>
internal static class WaveTargets
{
    /// <param name="waves">Waves without problems of their own.</param>
    /// <param name="targets">The names of all targets, in the order in which they were added.</param>
    /// <param name="tags">By target.</param>
    /// <param name="errors">What is wrong: each a sentence.</param>
    internal static IReadOnlyList<PlannedWave> Deal(IReadOnlyList<Wave> waves, IReadOnlyList<string> targets, IReadOnlyDictionary<string, FrozenSet<string>> tags, List<string> errors)
    {
        var taken = new Dictionary<string, Wave>(StringComparer.Ordinal);
        var known = targets.ToHashSet(StringComparer.Ordinal);
        int next = 0;
        List<PlannedWave> dealt = [];
        foreach (Wave wave in waves)
        {
            string[] own = wave.Kind switch
            {
                WaveKind.Names => [.. Named(wave, known, taken, errors)],
                WaveKind.Tag => [.. Tagged(wave, targets, tags, errors).Where(name => !taken.ContainsKey(name))],
                WaveKind.Count => [.. Free(targets, taken, ref next, wave.Number)],
                WaveKind.Percent => [.. Free(targets, taken, ref next, (int)(((long)targets.Count * wave.Number) + 99) / 100 - taken.Count)],
                _ => [.. Free(targets, taken, ref next, targets.Count)],
            };
            foreach (string name in own)
            {
                taken[name] = wave;
            }

            if (own.Length > 0)
            {
                dealt.Add(new PlannedWave(wave, own));
            }
        }

        string[] left = [.. targets.Where(name => !taken.ContainsKey(name))];
        if (left.Length > 0)
        {
            errors.Add($"No wave takes {Some(left)}. End with Wave.Rest(), or name them.");
        }

        return dealt;
    }

    private static IEnumerable<string> Named(Wave wave, HashSet<string> known, Dictionary<string, Wave> taken, List<string> errors)
    {
        var own = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in wave.Names)
        {
            if (!known.Contains(name))
            {
                errors.Add($"The wave '{wave.Name}' names the target '{Naming.Printable(name)}', which this pipeline doesn't have.");
            }
            else if (!own.Add(name))
            {
                errors.Add($"The wave '{wave.Name}' names the target '{name}' twice.");
            }
            else if (taken.TryGetValue(name, out Wave? other))
            {
                errors.Add($"The wave '{wave.Name}' names the target '{name}', which the wave '{other.Name}' takes already.");
            }
            else
            {
                yield return name;
            }
        }
    }

    private static string[] Tagged(Wave wave, IReadOnlyList<string> targets, IReadOnlyDictionary<string, FrozenSet<string>> tags, List<string> errors)
    {
        string[] own = [.. targets.Where(name => tags.TryGetValue(name, out FrozenSet<string>? its) && its.Contains(wave.Names[0]))];
        if (own.Length == 0)
        {
            errors.Add($"The wave '{wave.Name}' takes the targets with the tag '{Naming.Printable(wave.Names[0])}', and none bears it.");
        }

        return own;
    }

    /// <summary>Looks at each target once over all waves: dealing is linear in their number.</summary>
    private static List<string> Free(IReadOnlyList<string> targets, Dictionary<string, Wave> taken, ref int next, int count)
    {
        List<string> own = [];
        for (; next < targets.Count && own.Count < count; next++)
        {
            if (!taken.ContainsKey(targets[next]))
            {
                own.Add(targets[next]);
            }
        }

        return own;
    }

    private static string Some(string[] names) => names.Length <= 3
        ? string.Join(", ", names.Select(name => $"'{name}'"))
        : string.Create(CultureInfo.InvariantCulture, $"'{names[0]}', '{names[1]}', '{names[2]}' and {names.Length - 3} more targets");
}

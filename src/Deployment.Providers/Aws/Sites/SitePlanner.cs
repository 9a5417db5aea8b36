using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Providers.Aws.Sites;

/// <summary>
/// Plans from what is wanted and what was seen. An object has the wanted content if the manifest says so, and the listing shows the object that the manifest
/// means: the same ETag and size. Times are never compared, and no object is asked for by itself.
/// </summary>
internal sealed class SitePlanner
{
    private readonly SiteGoal _goal;
    private readonly SiteState _seen;
    private readonly SiteIntent? _begun;
    private readonly HashSet<string> _wanted;
    private readonly List<SiteMove> _moves = [];
    private readonly Dictionary<string, SiteEntry> _stays = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SiteIntentEntry> _intent = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SiteKeep> _keeps = new(StringComparer.Ordinal);

    private SitePlanner(SiteGoal goal, SiteState seen)
    {
        _goal = goal;
        _seen = seen;
        _begun = seen.Intents.FirstOrDefault(intent => intent.Revision == goal.Revision);
        _wanted = goal.Items.Select(item => item.Key).ToHashSet(StringComparer.Ordinal);
    }

    public static SitePlan Plan(SiteGoal goal, SiteState seen) => new SitePlanner(goal, seen).Plan();

    private SitePlan Plan()
    {
        foreach (SiteItem item in _goal.Items)
        {
            Place(item);
        }

        Linger();
        (ImmutableSortedSet<string> removals, List<string> left) = Removals();
        foreach (string key in removals)
        {
            Keep(key, _seen.Objects[key]);
        }

        return new SitePlan
        {
            Revision = _goal.Revision,
            Content = _goal.Content,
            // What takes longest begins first.
            Moves = [.. _moves.OrderBy(move => move.Wave).ThenByDescending(move => move.Item.File?.Parts.Count ?? 0).ThenBy(move => move.Item.Key, KeyOrder.Instance)],
            Stays = _stays,
            Keeps = [.. _keeps.Values],
            Removals = [.. removals],
            Left = left,
            Intent = Intent(),
            Problem = SiteRemovalLimit.Problem(_seen.Served, key => _wanted.Contains(key) || _stays.ContainsKey(key), _goal.RemovalLimit),
        };
    }

    // Where it is served already and only mended, it still took the place of the one before it.
    private SiteIntent Intent()
    {
        SiteIntent? last = _seen.Served?.Revision != _goal.Revision ? null : _seen.Finished.FirstOrDefault(intent => intent.Revision == _goal.Revision);
        foreach ((string key, SiteIntentEntry entry) in last?.Files ?? ImmutableDictionary<string, SiteIntentEntry>.Empty)
        {
            _intent[key] = _intent.TryGetValue(key, out SiteIntentEntry? now) ? now with { Replaced = now.Replaced ?? entry.Replaced } : entry;
        }

        return new SiteIntent { Revision = _goal.Revision, Epoch = _goal.Epoch, Over = last is null && _seen.Served?.Revision != _goal.Revision ? _seen.Served?.Revision : last?.Over, Files = _intent };
    }

    private void Place(SiteItem item)
    {
        ListedObject? seen = _seen.Objects.GetValueOrDefault(item.Key);
        SiteIntentEntry? begun = _begun?.Files.GetValueOrDefault(item.Key);
        if (seen is not null && Known(item, seen) is { } entry)
        {
            _stays[item.Key] = entry with { Age = item.Age };
            if (begun is not null)
            {
                _intent[item.Key] = begun;
            }
        }
        else if (seen is not null && begun is not null && begun.File.Is(item) && _seen.IsOf(_begun!, item.Key, seen))
        {
            _stays[item.Key] = SiteEntry.Of(item, seen.ETag);
            _intent[item.Key] = begun;
        }
        else
        {
            bool foreign = seen is not null && !_seen.IsOurs(item.Key, seen);
            _moves.Add(new SiteMove(item, seen?.ETag, foreign));
            string? replaced = foreign && _goal.Keeps ? Foreign(item.Key, seen!) : _seen.ReplacedAt(item.Key);
            _intent[item.Key] = new SiteIntentEntry { File = SiteEntry.Of(item, null), Before = seen?.ETag, Checksum = item.File is { Parts.Count: > 0 } file ? file.Checksum : null, Replaced = replaced };
            Keep(item.Key, seen);
        }
    }

    // What is served says it, or the revision's own record, where it was written and then the process died.
    private SiteEntry? Known(SiteItem item, ListedObject seen) =>
        new[] { _seen.Served, _seen.Others.FirstOrDefault(manifest => manifest.Revision == _goal.Revision) }
            .Select(manifest => manifest?.Files.GetValueOrDefault(item.Key))
            .FirstOrDefault(entry => entry is not null && entry.Is(item) && Shows(entry, seen));

    // Assets that the goal has no more, and pages that were opened before may ask for: pages of the revision that is served, or of one that came half way.
    private void Linger()
    {
        foreach ((SiteIntent intent, string key, SiteIntentEntry entry) in _seen.Intents.SelectMany(intent => intent.Files.Select(file => (intent, file.Key, file.Value))))
        {
            if (_goal.Revisions > 0 && !_wanted.Contains(key) && SiteHeaderRules.IsHashedAsset(key, entry.File.Headers) && _seen.Objects.TryGetValue(key, out ListedObject? seen) && _seen.IsOf(intent, key, seen))
            {
                _stays[key] = entry.File with { ETag = seen.ETag, Age = 1 };
            }
        }

        foreach ((string key, SiteEntry entry) in _seen.Served?.Files ?? ImmutableDictionary<string, SiteEntry>.Empty)
        {
            int age = Math.Max(1, entry.Age + (_seen.Served!.Revision == _goal.Revision ? 0 : 1));
            if (!_wanted.Contains(key) && age <= _goal.Revisions && SiteHeaderRules.IsHashedAsset(key, entry.Headers)
                && _seen.Objects.TryGetValue(key, out ListedObject? seen) && Shows(entry, seen))
            {
                _stays[key] = entry with { Age = age };
            }
        }
    }

    private (ImmutableSortedSet<string> Removals, List<string> Left) Removals()
    {
        SortedSet<string> left = new(KeyOrder.Instance);
        ImmutableSortedSet<string>.Builder removals = ImmutableSortedSet.CreateBuilder<string>(KeyOrder.Instance);
        IEnumerable<string> known = (_seen.Served?.Files.Keys ?? []).Concat(_seen.Others.SelectMany(manifest => manifest.Files.Keys)).Concat(_seen.Intents.SelectMany(intent => intent.Files.Keys));
        foreach (string key in known.Where(key => !_wanted.Contains(key) && !_stays.ContainsKey(key)))
        {
            if (_seen.Objects.TryGetValue(key, out ListedObject? seen))
            {
                (_seen.IsOurs(key, seen) ? (ICollection<string>)removals : left).Add(key);
            }
        }

        return (removals.ToImmutable(), [.. left]);
    }

    private void Keep(string key, ListedObject? seen)
    {
        if (!_goal.Keeps || seen is null)
        {
            return;
        }

        string? to = _seen.Sha256Of(key, seen) is { } sha ? SiteKeys.Kept(sha) : _seen.IsOurs(key, seen) ? null : Foreign(key, seen);
        if (to is not null && !_seen.Has(to))
        {
            _keeps.TryAdd(to, new SiteKeep(key, seen.ETag, to));
        }
    }

    private static bool Shows(SiteEntry entry, ListedObject seen) => entry.ETag == seen.ETag && entry.Size == seen.Size;

    private static string Foreign(string key, ListedObject seen) => SiteKeys.Kept(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{key}\n{seen.ETag}\n{seen.Size}"))));
}

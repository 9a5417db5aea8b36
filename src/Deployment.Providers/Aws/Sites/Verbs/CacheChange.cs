using System.Security.Cryptography;
using System.Text;
using Deployment.Providers.Aws.CloudFront;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>What caches may have that is old once other files are served.</summary>
internal static class CacheChange
{
    // docs.aws.amazon.com/cloudfront/latest/APIReference/API_InvalidationBatch.html has no limit; other references of CloudFront have 255.
    private const int LongestReference = 255;

    /// <summary>The paths.</summary>
    /// <param name="cached">Whose files caches may have.</param>
    /// <param name="served">What is served now; null for what isn't known.</param>
    /// <param name="most">How many paths there may be.</param>
    /// <param name="rootObject">See <see cref="InvalidationPaths.Of"/>.</param>
    /// <param name="below">What stands before each path, with '/' at its end; empty for nothing.</param>
    /// <param name="also">What else may have been served meanwhile, by its path.</param>
    public static IReadOnlyList<string> Paths(IReadOnlyCollection<SiteManifest> cached, SiteManifest? served, int most, string rootObject, string below = "", IEnumerable<string>? also = null)
    {
        if (served is null)
        {
            return [InvalidationPaths.All];
        }

        HashSet<string> changed = [.. cached.SelectMany(manifest => manifest.Files).Where(file => served.Files.GetValueOrDefault(file.Key) is not { } now || now.Sha256 != file.Value.Sha256 || now.Headers != file.Value.Headers).Select(file => file.Key)];
        // That a file was missing may be cached as well.
        changed.UnionWith(served.Files.Keys.Where(key => cached.Any(manifest => !manifest.Files.ContainsKey(key))));
        changed.UnionWith(also ?? []);
        return InvalidationPaths.Of(changed.Select(key => below + key), served.Files.Keys.Where(key => !changed.Contains(key)).Select(key => below + key), most, rootObject);
    }

    /// <summary>What makes an invalidation happen once for a step. CloudFront refuses another list of paths under the same reference.</summary>
    public static string Reference(EffectContext context, IReadOnlyList<string> paths)
    {
        string step = $"{context.RunId}/{context.StepId}/";
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(step + string.Join('\n', paths))));
        return step[..Math.Min(step.Length, LongestReference - hash.Length)] + hash;
    }
}

using System.Globalization;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>
/// Whose turn it is to change an atomic site. CloudFront knows no epochs, so a record beside the site has the highest one: it is written on the condition that
/// nobody wrote it meanwhile, after the distribution was read and before it is changed. So whoever was overtaken loses here, or by the distribution's ETag.
/// </summary>
internal sealed class OriginClaim(SiteWork work)
{
    private string Key => work.Options.Files.Prefix + SiteKeys.Switch(work.Owner);

    /// <summary>The last claim; null where nobody made one.</summary>
    public async Task<SiteSwitch?> ReadAsync(CancellationToken cancellationToken) => (await SeenAsync(cancellationToken)).Last;

    /// <summary>Refuses to act for a run that another one has overtaken.</summary>
    /// <exception cref="DeploymentException">A newer run was here.</exception>
    public async Task FenceAsync(EffectContext context, CancellationToken cancellationToken) => Fence(await ReadAsync(cancellationToken), context);

    /// <summary>Makes it this run's turn.</summary>
    /// <param name="arguments">The switch.</param>
    /// <param name="path">Where the origin is put.</param>
    /// <param name="context">The run.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Where the origin may be: where it was when the run was planned, and where this run may have put it. Elsewhere somebody else did.</returns>
    /// <exception cref="DeploymentException">A newer run was here.</exception>
    public async Task<IReadOnlyCollection<string>> TakeAsync(SwitchArguments arguments, string path, EffectContext context, CancellationToken cancellationToken)
    {
        (SiteSwitch? last, string etag) = await SeenAsync(cancellationToken);
        Fence(last, context);
        string[] before = last?.Run == context.RunId ? [.. last.Paths] : [];
        string[] paths = before.Contains(path) ? before : [.. before, path];
        if (last is null || last.Run != context.RunId || last.Epoch != context.Epoch || paths.Length != before.Length)
        {
            string? application = arguments.Split.IsEmpty ? last?.Application : arguments.Split.Shares[0].Key.Application;
            var mine = new SiteSwitch { Application = application, Epoch = context.Epoch, Run = context.RunId, Paths = paths };
            await work.Bucket.WriteAsync(Key, SiteRecords.Write(mine), etag, cancellationToken);
        }

        return [arguments.Seen, .. paths];
    }

    private void Fence(SiteSwitch? last, EffectContext context)
    {
        if (last?.Epoch > context.Epoch)
        {
            throw new DeploymentException(string.Create(CultureInfo.InvariantCulture, $"{work.Target} was changed by a run with epoch {last.Epoch}, and this one has {context.Epoch}: another process has taken over. Nothing was changed."));
        }
    }

    private async Task<(SiteSwitch? Last, string ETag)> SeenAsync(CancellationToken cancellationToken) =>
        await work.Bucket.ReadAsync(Key, SiteRecords.Longest, cancellationToken) is { } read ? (SiteRecords.ReadSwitch(read.Bytes, Key), read.ETag) : (null, "");
}

using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>Copies of its users' requests: it has none to send, and says what a test lets it find.</summary>
public sealed partial class FakeTarget
{
    private TrafficMirror? _mirror;

    /// <summary>
    /// What <see cref="IMirrorTraffic.CompareAsync"/> finds where copies are sent; a test may answer null, or throw. Default 1,000 requests that were
    /// answered alike.
    /// </summary>
    public Func<TrafficMirror, MirrorComparison?> Compare { get; set; } = static _ => new MirrorComparison
    {
        Sent = 1000,
        UnderWay = 0,
        Skipped = 0,
        Compared = 1000,
        OtherStatus = 0,
        Failed = 0,
        UserLatency = TimeSpan.FromMilliseconds(40),
        CopyLatency = TimeSpan.FromMilliseconds(42),
    };

    /// <inheritdoc/>
    Operation IMirrorTraffic.Mirror(TrafficMirror? mirror) => _verbs["mirror"].Of(Name, new FakeArguments(Mirror: mirror));

    /// <inheritdoc/>
    public Task<MirrorComparison?> CompareAsync(RevisionId revision, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TrafficMirror? mirror = Now.Mirror;
        return Task.FromResult(mirror?.Revision == revision ? Compare(mirror) : null);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> CompareCommands(RevisionId revision) => [$"fakectl {Name} compare {revision}"];

    private void CopyTo(FakeArguments arguments)
    {
        lock (_gate)
        {
            if (arguments.Mirror is { } mirror)
            {
                MustStand([mirror.Revision]);
                if (_traffic.ShareOf(mirror.Revision) > 0)
                {
                    throw new DeploymentException($"{mirror.Revision} takes traffic on {Name} and can't get copies of it.");
                }
            }

            _mirror = arguments.Mirror;
        }
    }

    /// <summary>Who is gone, or has users of its own, gets no copies.</summary>
    private void EndMirrorIfMoot()
    {
        if (_mirror is { } mirror && (_traffic.ShareOf(mirror.Revision) > 0 || !_revisions.ContainsKey(mirror.Revision.ToString())))
        {
            _mirror = null;
        }
    }
}

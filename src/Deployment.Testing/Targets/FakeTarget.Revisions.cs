using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>The revisions that it hosts, side by side or one in the place of the other.</summary>
public sealed partial class FakeTarget
{
    /// <inheritdoc/>
    public Operation Install(Revision revision) => _verbs["install"].Of(Name, new FakeArguments(Revision: revision));

    /// <inheritdoc/>
    public Operation Remove(RevisionId revision) => _verbs["remove"].Of(Name, new FakeArguments(Id: revision));

    /// <inheritdoc/>
    public Operation Update(Revision revision) => _verbs["update"].Of(Name, new FakeArguments(Revision: revision));

    /// <inheritdoc/>
    public Operation Clear(RevisionId installed) => _verbs["clear"].Of(Name, new FakeArguments(Id: installed));

    /// <inheritdoc/>
    public Task<IReadOnlyList<Uri>> AddressesAsync(RevisionId revision, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Uri>>(Now.Stands(revision)
            ? [AddressOf(revision)]
            : throw new DeploymentException($"{revision} doesn't stand on {Name}."));

    /// <inheritdoc/>
    public string AddressLookup(RevisionId revision) => $"ADDRESS=$(fakectl {Name} address {revision})";

    private static Uri AddressOf(RevisionId revision) => new($"http://{revision.Application}.invalid/{Uri.EscapeDataString(revision.ToString())}");

    private void Install(FakeArguments arguments)
    {
        lock (_gate)
        {
            _revisions[arguments.Revision!.Id.ToString()] = arguments.Revision;
        }
    }

    private void Remove(FakeArguments arguments)
    {
        lock (_gate)
        {
            if (_traffic.ShareOf(arguments.Id!) > 0)
            {
                throw new DeploymentException($"{arguments.Id} takes traffic and can't be removed from {Name}.");
            }

            _revisions.Remove(arguments.Id!.ToString());
            _testers = _testers == arguments.Id ? null : _testers;
            EndMirrorIfMoot();
        }
    }

    /// <summary>What runs ends; what is to run stays, if it does already.</summary>
    private void Stop(FakeArguments arguments)
    {
        lock (_gate)
        {
            if (_traffic.Shares is not [{ Key: { } live }, ..] || live == arguments.Revision!.Id)
            {
                return;
            }

            CutAllBut(arguments.Revision.Id, "update");
            _revisions.Remove(live.ToString());
            _traffic = TrafficSplit.None;
            GiveSlots();
        }
    }

    private void Start(FakeArguments arguments)
    {
        lock (_gate)
        {
            _revisions[arguments.Revision!.Id.ToString()] = arguments.Revision;
            _traffic = TrafficSplit.AllTo(arguments.Revision.Id);
            GiveSlots();
            _splits.Add(_traffic);
            EndMirrorIfMoot();
        }
    }

    private void Clear(FakeArguments arguments)
    {
        lock (_gate)
        {
            CutAllBut(null, "clear");
            _traffic = TrafficSplit.None;
            GiveSlots();
            _splits.Add(_traffic);
            EndMirrorIfMoot();
            _revisions.Remove(arguments.Id!.ToString());
            EndMirrorIfMoot();
        }
    }
}

namespace Deployment.Providers.Local.Router;

/// <summary>A request that is counted as in flight on a revision and on one of its instances, until it leaves.</summary>
/// <param name="Lane">The revision.</param>
/// <param name="Turn">The turn that it has among the revision's instances.</param>
/// <param name="Instance">Whose turn it is.</param>
internal readonly record struct Visit(Lane Lane, uint Turn, Instance Instance)
{
    public void Leave()
    {
        Instance.Leave();
        Lane.Traffic.Leave();
    }
}

using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>Says in words what a capability is, for error messages.</summary>
internal static class Capabilities
{
    internal static string Describe(Type capability) => capability.Name switch
    {
        nameof(IHostRevisions) => "host several revisions side by side",
        nameof(ISplitTraffic) => "split traffic between revisions",
        nameof(IUpdateInPlace) => "update in place",
        nameof(IReplaceInstances) => "replace its instances a few at a time",
        nameof(IReachRevisions) => "reach a revision before it takes traffic",
        nameof(IRouteTesters) => "let testers reach a revision by a header or a cookie that its options name",
        nameof(IPreviewRevisions) => "serve a revision at a preview address before it takes traffic",
        nameof(IMirrorTraffic) => "send copies of users' requests to a revision without traffic",
        _ => "offer " + capability.Name,
    };
}

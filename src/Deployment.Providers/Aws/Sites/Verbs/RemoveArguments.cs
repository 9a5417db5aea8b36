using Deployment.Releases;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>What goes.</summary>
internal sealed record RemoveArguments(RevisionId Revision);

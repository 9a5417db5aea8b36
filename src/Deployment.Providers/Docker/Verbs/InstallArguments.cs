using Deployment.Providers.Docker.Containers;
using Deployment.Releases;

namespace Deployment.Providers.Docker.Verbs;

/// <summary>What a revision is run with.</summary>
internal sealed record InstallArguments(RevisionId Revision, ContainerSpec Container);

using System.Collections.Immutable;
using Deployment.Providers.Docker.Containers;
using Deployment.Releases;

namespace Deployment.Providers.Docker.Verbs;

/// <summary>What is put into which slots.</summary>
internal sealed record ReplaceArguments(ImmutableArray<string> Slots, RevisionId Revision, ContainerSpec Container);

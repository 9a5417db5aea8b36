using Deployment.Commands;
using Deployment.Providers.Docker.Cli;
using Deployment.Providers.Docker.Images;

namespace Deployment.Providers.Docker.Containers;

/// <summary>Removes what no longer runs of a target, but for its last revisions: their containers can be started at once, and their images are on the host.</summary>
internal sealed class Retention(DockerCli docker, int kept)
{
    private const string Pinned = "@sha256:";

    /// <summary>Tidies one host up. What can't be removed is reported and left: nothing rests on it.</summary>
    public async Task TidyAsync(string target, Action<string> report, CancellationToken cancellationToken)
    {
        try
        {
            await RemoveAsync(target, cancellationToken);
        }
        catch (DeploymentException error) when (!CommandNotEndedException.IsBehind(error))
        {
            report($"{docker.Host.Name} could not be tidied up: {error.Message}");
        }
    }

    private async Task RemoveAsync(string target, CancellationToken cancellationToken)
    {
        IReadOnlyList<Container> all = await new ContainerList(docker).OfAsync(target, cancellationToken);
        HashSet<Releases.RevisionId> standing = [.. all.Where(container => container.Stands).Select(container => container.Revision)];
        // What never ran has no time at which it ended, and so goes first.
        Container[] old = [.. all.Where(container => !standing.Contains(container.Revision))
            .GroupBy(container => container.Revision)
            .OrderByDescending(revision => revision.Max(container => container.Ended))
            .Skip(kept)
            .SelectMany(revision => revision)];
        foreach (Container container in old)
        {
            await new ContainerEnd(docker).RemoveAsync(container, 0, cancellationToken);
        }

        foreach (Container container in old.DistinctBy(container => container.Image))
        {
            await RemoveImageAsync(container, cancellationToken);
        }
    }

    /// <summary>An image that any container of the host uses stays, and so does one that was not pulled.</summary>
    private async Task RemoveImageAsync(Container container, CancellationToken cancellationToken)
    {
        if (!container.Image.Contains(Pinned, StringComparison.Ordinal) || (await new ContainerList(docker).UsersOfAsync(container.ImageId, cancellationToken)).Count > 0)
        {
            return;
        }

        var images = new ImageStore(docker);
        string? tag = ImageReference.TryParse(container.Tag, out ImageReference? named) && named.Digest is null ? named.ToString() : null;
        bool isTagged = tag is not null && "sha256:" + await images.IdAsync(tag, cancellationToken) == container.ImageId;
        await images.RemoveAsync(isTagged ? [tag!, container.Image] : [container.Image], cancellationToken);
    }
}

using Deployment.Commands;
using Deployment.Providers.Docker.Cli;
using Deployment.Providers.Docker.Containers;

namespace Deployment.Providers.Docker.Images;

/// <summary>Removes the images of containers that are gone from one host. Nothing rests on that: what can't be removed is told and left.</summary>
internal sealed class ImageRemoval(DockerCli docker, Action<string> report)
{
    private const string Pinned = "@sha256:";

    public async Task RemoveAsync(IEnumerable<Container> gone, CancellationToken cancellationToken)
    {
        foreach (Container container in gone.DistinctBy(container => container.Image))
        {
            try
            {
                await RemoveAsync(container, cancellationToken);
            }
            catch (DeploymentException error) when (!CommandNotEndedException.IsBehind(error))
            {
                report($"The image {container.Image} stays on {docker.Host.Name}: {error.Message}");
            }
        }
    }

    /// <summary>An image that any container of the host uses stays, and so does one that was not pulled.</summary>
    private async Task RemoveAsync(Container container, CancellationToken cancellationToken)
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

using System.Net.Sockets;
using System.Text;

namespace Deployment.Providers.HAProxy.Runtime;

/// <summary>Asks HAProxy's runtime API, one command a connection. HAProxy answers errors as text, so each answer is checked by who asked.</summary>
internal sealed class RuntimeClient(RuntimeAddress address, TimeSpan timeout, TimeProvider time)
{
    /// <summary>What one command may have, with its payload: HAProxy reads it into one buffer (<c>tune.bufsize</c>, 16,384 bytes by default).</summary>
    public const int LongestCommand = 14_000;

    private const int LongestAnswer = 16 * 1024 * 1024;
    private static readonly string[] _refusals = ["Unknown command", "Permission denied", "Missing ", "This command expects", "'<<'"];

    /// <summary>Asks, and returns the answer without blank lines around it.</summary>
    /// <exception cref="DeploymentException">HAProxy can't be reached, didn't answer in time, or doesn't know the command.</exception>
    public async Task<string> AskAsync(string command, CancellationToken cancellationToken)
    {
        string first = command.Split('\n')[0];
        if (Encoding.UTF8.GetByteCount(command) > LongestCommand)
        {
            throw new DeploymentException($"The command `{Text.Printable(first)}` is longer than {LongestCommand} bytes, which HAProxy doesn't read.");
        }

        string answer = await ExchangeAsync(command, first, cancellationToken);
        return _refusals.Any(refusal => answer.StartsWith(refusal, StringComparison.Ordinal)) ? throw Unexpected(first, answer) : answer;
    }

    /// <summary>Gives a command that is answered by nothing where it was done.</summary>
    /// <exception cref="DeploymentException">As <see cref="AskAsync"/>, or HAProxy said anything.</exception>
    public async Task DoAsync(string command, CancellationToken cancellationToken)
    {
        string answer = await AskAsync(command, cancellationToken);
        if (answer.Length > 0)
        {
            throw Unexpected(command.Split('\n')[0], answer);
        }
    }

    public DeploymentException Unexpected(string command, string answer) =>
        new($"HAProxy at {address.Text} answered `{Text.Printable(command)}` with: {Text.Printable(answer.Split('\n')[0])}{(answer.StartsWith("Permission denied", StringComparison.Ordinal) ? " Its `stats socket` needs `level admin`." : "")}");

    private async Task<string> ExchangeAsync(string command, string shown, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using Socket socket = await address.ConnectAsync(both.Token);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\n"), both.Token);
            return (await ReadAsync(stream, shown, both.Token)).Trim('\n', '\r');
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new DeploymentException($"HAProxy at {address.Text} did not answer `{Text.Printable(shown)}` within {timeout}.");
        }
        catch (SocketException error)
        {
            throw new DeploymentException($"HAProxy can't be reached at {address.Text}. {address.Explain(error)}", error);
        }
        catch (IOException error)
        {
            throw new DeploymentException($"HAProxy at {address.Text} broke off while it was asked `{Text.Printable(shown)}`: {error.Message}", error);
        }
    }

    private async Task<string> ReadAsync(NetworkStream stream, string shown, CancellationToken cancellationToken)
    {
        using var read = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and int count)
        {
            if (read.Length + count > LongestAnswer)
            {
                throw new DeploymentException($"HAProxy at {address.Text} answered `{Text.Printable(shown)}` with more than {LongestAnswer} bytes.");
            }

            read.Write(buffer, 0, count);
        }

        return Encoding.UTF8.GetString(read.GetBuffer(), 0, (int)read.Length);
    }
}

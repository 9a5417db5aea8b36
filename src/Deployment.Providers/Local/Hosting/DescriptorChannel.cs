using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace Deployment.Providers.Local.Hosting;

/// <summary>Sends open sockets to another process, by SCM_RIGHTS of unix(7): both have the very same socket from then on.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class DescriptorChannel
{
    private const int SocketLevel = 1;
    private const int Rights = 1;
    private const int MostText = 256;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 0x40000000;

    /// <summary>Sends a socket with a text of at most 256 bytes.</summary>
    public static void Send(Socket channel, string text, Socket socket)
    {
        // Held meanwhile: the number of a descriptor that is closed just now may be given to another file.
        bool held = false;
        try
        {
            socket.SafeHandle.DangerousAddRef(ref held);
            int descriptor = (int)socket.SafeHandle.DangerousGetHandle();
            // .NET hangs a socket up before it closes it, for everybody who has it, unless it may be inherited.
            Ensure(ControlDescriptor(descriptor, SetDescriptorFlags, 0), "fcntl");
            Send(channel, text, descriptor);
        }
        finally
        {
            if (held)
            {
                socket.SafeHandle.DangerousRelease();
            }
        }
    }

    /// <summary>Sends what is no .NET socket with a text of at most 256 bytes.</summary>
    public static void Send(Socket channel, string text, int descriptor)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* data = bytes)
        {
            var control = new RightsMessage { Length = (nuint)(sizeof(RightsMessage) - sizeof(int)), Level = SocketLevel, Type = Rights, Descriptor = descriptor };
            var vector = new Vector { Base = data, Length = (nuint)bytes.Length };
            var message = new Message { Vectors = &vector, VectorCount = 1, Control = &control, ControlLength = (nuint)sizeof(RightsMessage) };
            Ensure(SendMessage((int)channel.Handle, &message, 0), "sendmsg");
        }
    }

    /// <summary>Receives a descriptor; null when the other side has sent them all.</summary>
    /// <param name="channel">Where from.</param>
    /// <param name="inherited">Whether programs that this process starts get it, too.</param>
    public static (string Text, int Descriptor)? Receive(Socket channel, bool inherited)
    {
        byte* data = stackalloc byte[MostText];
        var control = default(RightsMessage);
        var vector = new Vector { Base = data, Length = MostText };
        var message = new Message { Vectors = &vector, VectorCount = 1, Control = &control, ControlLength = (nuint)sizeof(RightsMessage) };
        nint read = ReceiveMessage((int)channel.Handle, &message, inherited ? 0 : CloseOnExec);
        Ensure(read, "recvmsg");
        if (read == 0)
        {
            return null;
        }

        return control is { Level: SocketLevel, Type: Rights }
            ? (Encoding.UTF8.GetString(data, (int)read), control.Descriptor)
            : throw new IOException("A message came without the socket that it should bring.");
    }

    private static void Ensure(nint result, string call)
    {
        if (result < 0)
        {
            throw new IOException($"{call} failed: {Marshal.GetLastPInvokeErrorMessage()} (error {Marshal.GetLastPInvokeError()}).");
        }
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(int socket, Message* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint ReceiveMessage(int socket, Message* message, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlDescriptor(int descriptor, int command, nint argument);

    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        public byte* Base;
        public nuint Length;
    }

    // struct msghdr of 64-bit Linux.
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public void* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    // struct cmsghdr with one descriptor, padded to the size of a word.
    [StructLayout(LayoutKind.Sequential)]
    private struct RightsMessage
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int Descriptor;
        private readonly int _padding;
    }
}

/**
 * Words outside ASCII that socket tools print, in their languages: states, titles and headings of Windows' netstat, of net-tools and of the
 * shells around them. They betray the code page of a capture; no reader takes meaning from them.
 */
export const KNOWN_WORDS: readonly string[] = [
  // States of Windows and of net-tools' catalogues.
  "ABHÖREN", "OUÇA", "ÚLTIMO_ACK", "NASLOUCHÁ", "ZAVÍRÁ", "POSLEDNÍ", "ZAVŘEN", "STÄNG", "STÄNGD", "STÄNG_VÄNTA",
  // Titles and headings of netstat in Windows.
  "Adresse éloignée", "État", "Dirección", "Conexões", "ligações", "Endereço", "Połączenia", "połączenia", "Připojení", "připojení", "Místní adresa", "Bağlantı",
  "活动连接", "本地地址", "外部地址", "协议", "状态", "活動連線", "使用中連線", "協定", "通訊協定", "本機位址", "外部位址", "狀態",
  "アクティブな接続", "プロトコル", "ローカル", "アドレス", "状態", "활성", "연결", "프로토콜", "로컬", "주소", "상태",
  "Активные", "подключения", "Имя", "Локальный", "Внешний", "адрес", "Состояние",
  // Headings and notices of net-tools.
  "稼働中のインターネット接続", "内部アドレス", "外部アドレス", "激活Internet连接", "服务器", "已建立", "Адрес", "Állapot", "Příj", "Místní", "Vzdálená",
  // What -b prints where it may not look; and the shells' own words around a capture.
  "无法获取所有权信息", "請求的操作需要提升", "请求的操作需要提升", "Les propriétés", "所有者情報", "소유권", "владельце", "propriétaire", "información", "informações", "Verfügbar", "für",
];
